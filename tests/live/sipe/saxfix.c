// SPDX-License-Identifier: Apache-2.0
// Makes pidgin-sipe read XML with the libxml2 of Debian 12; the driver links it, any other program preloads it.
//
// The plugin fills only the old (SAX1) callbacks of its handler but marks it as SAX2.  Since a security update libxml2
// no longer calls them then, so every document is read as if it were empty.  A handler without SAX2 callbacks is
// presented as what it is; every other passes unchanged.  With a libxml2 that needs no such help this is harmless.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <libxml/parser.h>

typedef int Parse(xmlSAXHandlerPtr handler, void* context, const char* text, int size);

int xmlSAXUserParseMemory(xmlSAXHandlerPtr handler, void* context, const char* text, int size) {
  Parse* next = (Parse*)dlsym(RTLD_NEXT, "xmlSAXUserParseMemory");
  if (!next) return -1;
  if (!handler || !handler->startElement || handler->startElementNs || handler->endElementNs)
    return next(handler, context, text, size);
  xmlSAXHandler old = *handler;
  old.initialized = 1;  // anything but XML_SAX2_MAGIC
  return next(&old, context, text, size);
}
