// simdjson behind a C interface. Nothing here throws: simdjson's calls return error codes.
#include "runtime/ingest/json.h"

#include <new>

#include <simdjson.h>

static_assert(simdjson::SIMDJSON_PADDING <= CD_DOM_PADDING, "texts are padded for simdjson");

struct cd_dom {
    simdjson::dom::parser parser;
    cd_dom_doc doc{};
};

extern "C" struct cd_dom *
cd_dom_new(void)
{
    return new (std::nothrow) cd_dom;
}

extern "C" void
cd_dom_free(struct cd_dom *dom)
{
    delete dom;
}

// Places that a large document stood in are given back; others are made large enough for most
// items.
static const size_t kUsualPlace = 8192, kLargePlace = 65536;

struct cd_dom_shelf {
    simdjson::dom::document documents[CD_DOM_SHELF];
    cd_dom_doc docs[CD_DOM_SHELF];
};

extern "C" struct cd_dom_shelf *
cd_dom_shelf_new(void)
{
    return new (std::nothrow) cd_dom_shelf;
}

extern "C" void
cd_dom_shelf_free(struct cd_dom_shelf *shelf)
{
    delete shelf;
}

static enum cd_dom_status
status_of(simdjson::error_code code)
{
    if (code == simdjson::SUCCESS) {
        return CD_DOM_OK;
    }
    if (code == simdjson::MEMALLOC || code == simdjson::CAPACITY) {
        return CD_DOM_MEMORY;
    }
    if (code == simdjson::DEPTH_ERROR) {
        return CD_DOM_DEPTH;
    }
    if (code == simdjson::UTF8_ERROR) {
        return CD_DOM_UTF8;
    }
    if (code == simdjson::NUMBER_ERROR || code == simdjson::NUMBER_OUT_OF_RANGE) {
        return CD_DOM_RANGE;
    }
    return CD_DOM_SYNTAX;
}

// What the parser says of a text that it puts into DOCUMENT, as DOC.
static enum cd_dom_status
parse(simdjson::dom::parser &parser, simdjson::dom::document &document, const char *p, size_t n,
      bool is_padded, cd_dom_doc &doc)
{
    const uint8_t *bytes = reinterpret_cast<const uint8_t *>(p);
    simdjson::error_code code =
        n == 0 ? simdjson::EMPTY
               : parser.parse_into_document(document, bytes, n, !is_padded).error();
    doc.tape = document.tape.get();
    doc.strings = document.string_buf.get();
    return status_of(code);
}

extern "C" enum cd_dom_status
cd_dom_parse_bytes(struct cd_dom *dom, const char *p, size_t n, bool is_padded,
                   const struct cd_dom_doc **doc)
{
    *doc = &dom->doc;
    return parse(dom->parser, dom->parser.doc, p, n, is_padded, dom->doc);
}

extern "C" enum cd_dom_status
cd_dom_parse_onto(struct cd_dom *dom, struct cd_dom_shelf *shelf, size_t at, const char *p,
                  size_t n, const struct cd_dom_doc **doc)
{
    simdjson::dom::document &document = shelf->documents[at];
    bool is_spare = document.capacity() > kLargePlace && n <= kUsualPlace;
    if ((is_spare || document.capacity() == 0) && n <= kUsualPlace
        && document.allocate(kUsualPlace) != simdjson::SUCCESS) {
        return CD_DOM_MEMORY;
    }
    *doc = &shelf->docs[at];
    return parse(dom->parser, document, p, n, true, shelf->docs[at]);
}
