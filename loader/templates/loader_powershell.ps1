<#
.SYNOPSIS
A loader: signs its user in at a licence server, then fetches the file it is for.
.DESCRIPTION
Windows PowerShell 5.1 or PowerShell 7, nothing to install.
Exit status: 0 done, 1 fault of this machine, 2 unknown option, 3 server unreachable,
4 refused by the server, 5 file damaged on the way, 6 loader without a good configuration.
.PARAMETER Folder
Where the file is saved; asked for when absent.
.PARAMETER About
Tells which application and server this is for, and this machine's id.
#>
param([string]$Folder, [switch]$About)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor 3072 # TLS 1.2

# Written by the server that built this loader: what it is for, and its signature over that text (docs/loaders.md).
$Config = '@LATCHKEY_CONFIG@'
$Signature = '@LATCHKEY_SIGNATURE@'

$PatienceSeconds = 15

# What a server sends must not steer a terminal.
function ConvertTo-Visible([string]$Text) { $Text -replace '\p{Cc}', ' ' }

# Ends the program with a status and a sentence.
function Stop-Loader([int]$Status, [string]$Message) {
    [Console]::Error.WriteLine((ConvertTo-Visible $Message))
    exit $Status
}

function Get-Value($Object, [string]$Name) {
    if ($null -ne $Object -and $Object.PSObject.Properties[$Name]) { $Object.$Name }
}

# The body of an answer, whatever its status. Redirects, which would carry the credentials to somebody else, are not followed.
function Send-Request([string]$Url, [string]$Json) {
    $request = [Net.HttpWebRequest]::Create($Url)
    $request.Timeout = $PatienceSeconds * 1000
    $request.ReadWriteTimeout = $PatienceSeconds * 1000
    $request.AllowAutoRedirect = $false
    $request.UserAgent = 'Latchkey-Loader/1'
    try {
        if ($Json) {
            $request.Method = 'POST'
            $request.ContentType = 'application/json'
            $bytes = [Text.Encoding]::UTF8.GetBytes($Json)
            $stream = $request.GetRequestStream()
            $stream.Write($bytes, 0, $bytes.Length)
            $stream.Close()
        }
        return $request.GetResponse()
    } catch {
        $problem = $_.Exception
        while ($problem.InnerException -and -not ($problem -is [Net.WebException])) { $problem = $problem.InnerException }
        if ($problem -is [Net.WebException] -and $problem.Response) { return $problem.Response }
        Stop-Loader 3 "The server cannot be reached: $($problem.Message)"
    }
}

# The server's message and data; its refusal ends the program.
function Read-Reply($Answer) {
    $reader = New-Object IO.StreamReader($Answer.GetResponseStream(), [Text.Encoding]::UTF8)
    $text = $reader.ReadToEnd()
    $reader.Close()
    try { $envelope = $text | ConvertFrom-Json } catch { $envelope = $null }
    $status = [int]$Answer.StatusCode
    $message = Get-Value $envelope 'message'
    if ($status -eq 200 -and (Get-Value $envelope 'success') -eq $true) { return $envelope }
    if ($message) { Stop-Loader $(if ($status -lt 500) { 4 } else { 3 }) $message }
    Stop-Loader 3 "The server's answer makes no sense (HTTP $status); check its address"
}

# A time as the server says it: PowerShell 7 makes a date of the text, Windows PowerShell does not.
function ConvertTo-Time($Time) {
    if ($Time -isnot [DateTime]) { return $Time }
    $Time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", [Globalization.CultureInfo]::InvariantCulture)
}

function Invoke-Api([string]$Type, [hashtable]$Fields) {
    $body = @{ type = $Type; appId = $Settings.appId; apiKey = $Settings.apiKey } + $Fields
    Read-Reply (Send-Request "$($Settings.apiUrl)/v1" ($body | ConvertTo-Json -Compress))
}

function Get-Hex([byte[]]$Bytes) { ([BitConverter]::ToString($Bytes) -replace '-', '').ToLowerInvariant() }

# Windows: serial number of the system's disk and computer name. macOS: hardware UUID. Linux: machine-id.
function Get-HardwareText {
    if ([Environment]::OSVersion.Platform -eq 'Win32NT') {
        $disk = Get-CimInstance Win32_LogicalDisk -Filter "DeviceID='$env:SystemDrive'"
        $serial = Get-Value $disk 'VolumeSerialNumber'
        if (-not $serial -or -not $env:COMPUTERNAME) {
            Stop-Loader 1 'This machine does not tell what its id is made of, such as the serial number of its disk'
        }
        return "$serial$env:COMPUTERNAME"
    }
    if (Test-Path /usr/sbin/ioreg) {
        $listing = (& '/usr/sbin/ioreg' '-rd1' '-c' 'IOPlatformExpertDevice') -join "`n"
        if ($listing -match '"IOPlatformUUID" = "([^"]+)"') { return $Matches[1] }
    }
    foreach ($path in '/etc/machine-id', '/var/lib/dbus/machine-id') {
        if (Test-Path $path) {
            $line = "$(Get-Content $path -TotalCount 1)".Trim()
            if ($line) { return $line }
        }
    }
    [Net.Dns]::GetHostName()
}

function Get-HardwareId {
    $md5 = [Security.Cryptography.MD5]::Create()
    Get-Hex $md5.ComputeHash([Text.Encoding]::UTF8.GetBytes((Get-HardwareText)))
}

function Read-Answer([string]$Question, [switch]$Hidden) {
    if ($Hidden -and -not [Console]::IsInputRedirected) {
        $secure = Read-Host $Question -AsSecureString
        return (New-Object Net.NetworkCredential('', $secure)).Password
    }
    [Console]::Write("${Question}: ")
    "$([Console]::In.ReadLine())"
}

# Signs in; a new user, who brings a key as well, is registered first.
function Connect-User {
    $type = $Settings.authType
    $name = ''; $password = ''; $key = ''
    if ($type -ne 'license') {
        $name = Read-Answer $(if ($type -eq 'both') { 'User name (empty for a key alone)' } else { 'User name' })
        if ($name) { $password = Read-Answer 'Password' -Hidden }
    }
    if ($type -eq 'license' -or ($type -eq 'both' -and -not $name)) { $key = Read-Answer 'Licence key' }
    elseif ($type -eq 'both') { $key = Read-Answer 'Licence key (only for a new user, else empty)' }
    if (-not $(if ($name) { $password } else { $key })) { Stop-Loader 2 'Nothing to sign in with was given' }
    $hwid = Get-HardwareId
    if (-not $name) { return Invoke-Api 'license' @{ licenseKey = $key; hwid = $hwid } }
    $user = @{ username = $name; password = $password; hwid = $hwid }
    if ($key) { Write-Host (ConvertTo-Visible (Invoke-Api 'register' ($user + @{ licenseKey = $key })).message) }
    Invoke-Api 'login' $user
}

# No folders, devices or hidden files, whatever the server said.
function Get-SafeFileName([string]$Name) {
    $safe = ((ConvertTo-Visible $Name) -replace '[/\\:*?"<>|]', '_').Trim('. ')
    if ($safe.Length -gt 60) { $safe = $safe.Substring(0, 60) }
    if ($safe -match '^(con|prn|aux|nul|con(in|out)\$|(com|lpt)[\d\u00b9\u00b2\u00b3]) *(\.|$)') { $safe = "_$safe" }
    if ($safe) { $safe } else { 'download' }
}

# Writes what comes into the draft, and gives its length and SHA-256.
function Receive-File($Answer, [string]$Draft, $Limit) {
    $hash = [Security.Cryptography.SHA256]::Create()
    $length = 0
    $source = $Answer.GetResponseStream()
    $file = [IO.File]::Open($Draft, [IO.FileMode]::CreateNew)
    try {
        $block = New-Object byte[] 65536
        while ($null -eq $Limit -or $length -le $Limit) {
            try { $count = $source.Read($block, 0, $block.Length) } catch { break } # The length tells that it broke off.
            if ($count -le 0) { break }
            [void]$hash.TransformBlock($block, 0, $count, $null, 0)
            $file.Write($block, 0, $count)
            $length += $count
        }
    } finally {
        $file.Close()
        $source.Close()
    }
    [void]$hash.TransformFinalBlock((New-Object byte[] 0), 0, 0)
    @{ Length = $length; Sha256 = Get-Hex $hash.Hash }
}

# Has the file offered, and fetches what is offered: says how it is damaged, or nothing when it was saved.
function Save-Offered([string]$Token, [string]$Target) {
    # A link, even of an application whose files are answered with their bytes.
    $offer = (Invoke-Api 'file' @{ sessionToken = $Token; fileId = $Settings.fileId; raw = $false }).data
    if (-not "$(Get-Value $offer 'downloadUrl')".StartsWith('/')) { Stop-Loader 3 'The server did not say where the file is' }
    $answer = Send-Request "$($Settings.apiUrl)$($offer.downloadUrl)" ''
    if ([int]$answer.StatusCode -ne 200) { [void](Read-Reply $answer) }
    $path = Join-Path (Resolve-Path -LiteralPath $Target).Path (Get-SafeFileName (Get-Value $offer 'name'))
    $size = Get-Value $offer 'size'
    $expected = Get-Value $offer 'sha256'
    $draft = "$path.$([Guid]::NewGuid().ToString('N')).part"
    try {
        $came = Receive-File $answer $draft $size
        if ($null -ne $size -and $came.Length -ne $size) {
            return "The file is damaged: $($came.Length) bytes came, not $size"
        }
        if ($expected -and $came.Sha256 -ne $expected) {
            return "The file is damaged: its SHA-256 is $($came.Sha256), not $expected. It was not kept."
        }
        Move-Item -LiteralPath $draft -Destination $path -Force
    } catch {
        Stop-Loader 1 "Cannot write ${path}: $($_.Exception.Message)"
    } finally {
        if (Test-Path -LiteralPath $draft) { Remove-Item -LiteralPath $draft }
    }
    Write-Host (ConvertTo-Visible "Saved $path ($($came.Length) bytes)")
    if ($expected) { Write-Host "SHA-256 is as it should be: $($came.Sha256)" }
    else { Write-Host "The server gave no SHA-256 to compare; it is $($came.Sha256)" }
}

function Save-File([string]$Token, [string]$Target) {
    $damage = Save-Offered $Token $Target
    # It may have been replaced after it was offered: then what came is whole, and offered now.
    if ($damage) { $damage = Save-Offered $Token $Target }
    if ($damage) { Stop-Loader 5 $damage }
}

if ($args.Count -gt 0) { Stop-Loader 2 'Options: -Folder <path>, -About' }
if ($Signature.StartsWith('@')) {
    Stop-Loader 6 'This is a template without a configuration: have the server build a loader from it'
}
$Settings = $Config | ConvertFrom-Json
Write-Host (ConvertTo-Visible $Settings.title)
if ($About) {
    Write-Host "Application $($Settings.appId)"
    Write-Host "Server $($Settings.apiUrl)"
    Write-Host "This machine $(Get-HardwareId)"
    exit 0
}
$sha256 = [Security.Cryptography.SHA256]::Create()
$app = (Invoke-Api 'init' @{ hash = Get-Hex $sha256.ComputeHash([IO.File]::ReadAllBytes($PSCommandPath)) }).data
Write-Host (ConvertTo-Visible "$($app.name) $($app.version)")
$session = Connect-User
Write-Host (ConvertTo-Visible $session.message)
$until = ConvertTo-Time $session.data.expiresAt
Write-Host (ConvertTo-Visible $(if ($until) { "Valid until $until" } else { 'Valid for ever' }))
$token = $session.data.sessionToken
Write-Host (ConvertTo-Visible (Invoke-Api 'check' @{ sessionToken = $token }).message)
if (Get-Value $Settings 'fileId') {
    if (-not $Folder) { $Folder = Read-Answer 'Folder to save the file in (empty for this one)' }
    try { Save-File $token $(if ($Folder) { $Folder } else { '.' }) } catch { Stop-Loader 1 $_.Exception.Message }
}
exit 0
