// SPDX-License-Identifier: Apache-2.0
#include "arguments.h"

int main(int argc, char** argv) { return tertulia::app::parse_and_run(argc, argv); }
