#!/bin/sh
echo "Error: no such voice" >&2
exit 3
