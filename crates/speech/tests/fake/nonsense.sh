#!/bin/sh
yes nonsense | head -c 20000
