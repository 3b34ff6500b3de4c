#!/bin/sh
# Some distributions part the venv module from Python: install it where that can be done, else say what to do.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo 'installing the venv module from the distribution ...' >&2
    apt-get update -qq >/dev/null && apt-get install -qq -y python3-venv >/dev/null && exit 0
fi
echo 'cannot make a virtual environment: install the venv module (Debian: apt-get install python3-venv)' >&2
exit 1
