import { ApiProperty } from '@nestjs/swagger';

export class TokenPairView {
  @ApiProperty({ description: 'JWT for `Authorization: Bearer`; one hour by default' })
  accessToken: string;

  @ApiProperty({ description: 'Opaque; each use returns a new one' })
  refreshToken: string;
}

class SellerIdentityView {
  @ApiProperty({ example: 'seller_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ example: 'dev@example.com' })
  email: string;

  @ApiProperty({ example: 'John Developer' })
  name: string;

  @ApiProperty({ enum: ['FREE', 'DEVELOPER', 'PRO', 'ENTERPRISE'], example: 'FREE' })
  plan: string;
}

export class ProfileView extends SellerIdentityView {
  @ApiProperty({ format: 'date-time', example: '2024-01-15T12:00:00.000Z' })
  createdAt: string;
}

export class SignedInSellerView extends SellerIdentityView {
  @ApiProperty({ description: 'JWT for `Authorization: Bearer`; one hour by default' })
  accessToken: string;

  @ApiProperty({ description: 'Opaque; each use returns a new one' })
  refreshToken: string;
}
