#!/bin/sh
# Takes the text and gives nothing, for ever.
exec sleep 600
