"""Unit tests of the emulated AWS."""

import yaml

yaml.SafeLoader = yaml.CSafeLoader  # libyaml: tests read the files of add-ons hundreds of times
