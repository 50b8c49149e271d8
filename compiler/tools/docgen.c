/* Host tool: prints the documents that are made from the tables. Usage: docgen diagnostics|bytecode
 */
#include <stdio.h>
#include <string.h>

#include "runtime/base/str.h"

/* Prose from a table, as Markdown: what means something to Markdown is quoted, save between
 * backquotes. */
static void
print_prose(const char *text)
{
    bool in_code = false;
    for (const char *p = text; *p; p++) {
        in_code ^= *p == '`';
        if (*p == '|' || (!in_code && strchr("\\*_<[", *p))) {
            putchar('\\');
        }
        putchar(*p);
    }
}

/* ---- docs/DIAGNOSTICS.md ---- */

#define CD_ERROR "error"
#define CD_WARNING "warning"
#define CD_NOTE "note"

struct code {
    unsigned number;
    const char *severity, *meaning, *example;
};

static const struct code codes[] = {
#define CD_DIAG(number, name, severity, meaning, example) {number, severity, meaning, example},
#include "compiler/diag/diag_codes.def"
#undef CD_DIAG
};

/* The sections of diag_codes.def, by hundreds. */
static const char *const sections[] = {
    [1] = "Tokens",
    [2] = "Grammar",
    [3] = "Names, modules and parameters",
    [4] = "Types",
    [5] = "Controls and metadata",
    [6] = "Denies",
    [7] = "Tests and waivers",
    [8] = "Limits",
    [9] = "Emission",
};

static bool
print_diagnostics(void)
{
    puts("# Diagnostics\n\n"
         "Made from `compiler/diag/diag_codes.def` by `make docs`. A number never changes its "
         "meaning; errors stop a\n"
         "build (exit code 2), warnings do not. The lines under *for example* provoke the "
         "diagnostic.");
    unsigned section = 0;
    for (size_t i = 0; i < CD_ARRAY_LEN(codes); i++) {
        const struct code *c = &codes[i];
        if (c->number / 100 >= CD_ARRAY_LEN(sections) || !sections[c->number / 100]) {
            fprintf(stderr, "docgen: code %u belongs to no section\n", c->number);
            return false;
        }
        if (c->number / 100 != section) {
            section = c->number / 100;
            printf("\n## %s\n", sections[section]);
        }
        printf("\n**CD%04u** (%s): ", c->number, c->severity);
        print_prose(c->meaning);
        putchar('\n');
        if (c->example[0]) {
            printf("For example: `` %s ``\n", c->example);
        }
    }
    return true;
}

/* ---- docs/BYTECODE.md ---- */

enum kind {
#define CD_OPERAND(kind, format, what) KIND_##kind,
#include "runtime/bc/operands.def"
#undef CD_OPERAND
};

static const struct {
    const char *name, *format, *what;
} kinds[] = {
#define CD_OPERAND(kind, format, what) [KIND_##kind] = {#kind, format, what},
#include "runtime/bc/operands.def"
#undef CD_OPERAND
};

static const struct op {
    const char *mnemonic;
    enum kind d, operands[3];
    const char *effect;
} ops[] = {
#define CD_OP(name, mnemonic, d, a, b, c, effect) \
    {#mnemonic, KIND_##d, {KIND_##a, KIND_##b, KIND_##c}, effect},
#include "runtime/bc/opcodes.def"
#undef CD_OP
};

static void
print_op(size_t number)
{
    const struct op *op = &ops[number];
    printf("| %zu | `%s` | %s |", number, op->mnemonic,
           op->d == KIND_NONE ? "" : kinds[op->d].name);
    const char *separator = " ";
    for (size_t i = 0; i < CD_ARRAY_LEN(op->operands); i++) {
        if (op->operands[i] != KIND_NONE) {
            printf("%s%c: %s", separator, (char)('A' + i), kinds[op->operands[i]].name);
            separator = ", ";
        }
    }
    fputs(" | ", stdout);
    print_prose(op->effect);
    puts(" |");
}

static bool
print_bytecode(void)
{
    puts("# Bytecode\n\n"
         "Made from `runtime/bc/operands.def` and `runtime/bc/opcodes.def` by `make docs`. What a "
         "program is beside its code, and\n"
         "how it runs, stands in `runtime/bc/program.h`; what the verifier asks for, in "
         "`runtime/bc/`. The number of an opcode is\n"
         "part of the image format: rows are added at the end.\n\n"
         "An instruction has an opcode, a destination D and three operands A, B, C. `cordon build "
         "--disasm` shows a program.\n\n"
         "## Operands\n\n| kind | written | what it is |\n|---|---|---|");
    for (size_t i = 0; i < CD_ARRAY_LEN(kinds); i++) {
        const char *quote = kinds[i].format[0] ? "`" : "";
        printf("| %s | %s%s%s | %s |\n", kinds[i].name, quote, kinds[i].format, quote,
               kinds[i].what);
    }
    puts("\n## Instructions\n\n| number | mnemonic | D | operands | effect "
         "|\n|---|---|---|---|---|");
    for (size_t i = 0; i < CD_ARRAY_LEN(ops); i++) {
        print_op(i);
    }
    return true;
}

int
main(int argc, char **argv)
{
    const char *what = argc == 2 ? argv[1] : "";
    bool printed = false;
    if (strcmp(what, "diagnostics") == 0) {
        printed = print_diagnostics();
    } else if (strcmp(what, "bytecode") == 0) {
        printed = print_bytecode();
    } else {
        fputs("usage: docgen diagnostics|bytecode\n", stderr);
        return 2;
    }
    return printed && fflush(stdout) == 0 ? 0 : 1;
}
