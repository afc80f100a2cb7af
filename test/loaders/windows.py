"""Runs a loader as on a Windows whose disk has the serial number VOLUME, or tells none.

python3 windows.py <loader> [options]
"""
import argparse, ctypes, getpass, http.client, platform, secrets, subprocess, urllib.request  # As they are here.
import os
import runpy
import sys
import types

volume = os.environ.get("VOLUME")


def tell_serial(_root, _name, _size, serial, *_rest):
    if volume:
        serial._obj.value = int(volume, 16)
    return 1 if volume else 0


kernel = types.SimpleNamespace(GetVolumeInformationW=tell_serial)
ctypes.windll = types.SimpleNamespace(kernel32=kernel)
os.name = "nt"
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
