/* What a catalogue consists of, found before it is written, so that links can lead to what comes
 * later. Internal to compiler/doc. */
#ifndef CD_DOC_CATALOGUE_H
#define CD_DOC_CATALOGUE_H

#include "compiler/doc/doc.h"
#include "compiler/emit/table.h"

/* A heading: its text, and the anchor that GitHub gives it. */
struct cd_doc_heading {
    struct cd_str text, anchor;
};

struct cd_doc_decls {
    const struct cd_decl **items;
    size_t n, cap;
};

struct cd_doc_control {
    const struct cd_decl *decl;
    struct cd_doc_heading heading;
    struct cd_doc_decls params; /* that it reads, also through functions and constants */
    struct cd_doc_decls tests;  /* that expect something of it */
    struct cd_doc_decls waives;
    const struct cd_table_row *prevention;
    struct cd_doc_decls open; /* parameters without a default that its denies depend on */
};

/* A module with something of the catalogue in it: controls, or entries of a framework, or
 * parameters. */
struct cd_doc_module {
    const struct cd_module *module;
    struct cd_doc_heading heading;
    size_t first, n; /* of the catalogue's controls, or of its parameters */
};

struct cd_doc_modules {
    struct cd_doc_module *items;
    size_t n, cap;
};

struct cd_doc {
    const struct cd_sema *sema;
    struct cd_arena *arena;
    struct cd_buf *out;
    struct cd_map anchors; /* how often each was asked for */
    struct cd_doc_control *controls;
    size_t n_controls;
    struct cd_doc_decls params;    /* that any control reads, by module, then as they stand */
    struct cd_doc_modules modules; /* with controls */
    struct cd_doc_modules param_modules;
    struct cd_doc_modules frameworks;
};

/* ---- catalogue.c ---- */
void cd_doc_find(struct cd_doc *d);
/* The framework that entry LET is of; NULL if none. */
const struct cd_doc_module *cd_doc_framework(const struct cd_doc *d, const struct cd_module *m);

/* ---- reads.c ---- */
/* The parameters that CONTROL reads, by module and place. */
void cd_doc_reads(struct cd_arena *a, const struct cd_decl *control, struct cd_doc_decls *out);
/* The same of one deny. */
void cd_doc_deny_reads(struct cd_arena *a, const struct cd_deny *deny, struct cd_doc_decls *out);

/* ---- markdown.c: text of others in a document ---- */
/* TEXT as it is: what Markdown would read as its own is escaped, but `quoted` stays code. Line ends
 * stay. */
void cd_md_text(struct cd_doc *d, struct cd_str text);
/* The same in one line. */
void cd_md_line(struct cd_doc *d, struct cd_str text);
/* The same in a cell of a table. */
void cd_md_cell(struct cd_doc *d, struct cd_str text);
/* TEXT as code in a line; for a cell of a table, bars are escaped. */
void cd_md_code(struct cd_doc *d, struct cd_str text, bool in_table);
/* TEXT in HTML. */
void cd_md_html(struct cd_doc *d, struct cd_str text);
/* The source of SPAN as a block of code, indented as its first line is not. */
void cd_md_source(struct cd_doc *d, struct cd_span span);
void cd_md_heading(struct cd_doc *d, unsigned level, const struct cd_doc_heading *h);
/* [TEXT](#anchor); TEXT as in a cell. */
void cd_md_link(struct cd_doc *d, struct cd_str text, struct cd_str anchor);
/* A heading of plain words, and the anchor that GitHub makes of it, the second of a kind with a
 * number. */
struct cd_doc_heading cd_md_heading_of(struct cd_doc *d, struct cd_str text);

/* ---- table.c ---- */
/* A line for each group of targets of which the same is to be said, with the reasons. */
void cd_doc_put_cells(struct cd_doc *d, const struct cd_table_row *row);
/* What no target prevents; nothing if there is nothing. */
void cd_doc_put_escapes(struct cd_doc *d, const struct cd_table_row *row);

/* ---- control.c, frameworks.c ---- */
void cd_doc_put_control(struct cd_doc *d, const struct cd_doc_control *c);
void cd_doc_put_frameworks(struct cd_doc *d);
const char *cd_doc_severity(const struct cd_decl *control);
/* Is WORD a word for mappings, and which one? */
bool cd_doc_is_mapping(const struct cd_meta *m, bool *suggested);
/* The text of a mapping: the framework's, or the author's. */
struct cd_str cd_doc_mapping_text(const struct cd_doc *d, const struct cd_meta_value *v);

#endif
