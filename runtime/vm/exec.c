/* The dispatch loop: runs a plan's instructions, each over all lanes of its domain. */
#include "runtime/vm/vm.h"

/* An instruction that is no loop. */
static void
run_insn(struct cd_eval *e, const struct cd_insn *in, uint32_t pc)
{
    switch ((enum cd_op)in->op) {
    case CD_OP_CONST: cd_k_const(e, in); return;
    case CD_OP_PARAM: cd_k_param(e, in); return;
    case CD_OP_UNKNOWN: cd_k_unknown(e, in); return;
    case CD_OP_TABLE: cd_k_table(e, in); return;
    case CD_OP_ROOT: cd_k_root(e, in); return;
    case CD_OP_BCAST: cd_k_bcast(e, in); return;
    case CD_OP_ALL:
    case CD_OP_ANY:
    case CD_OP_COUNT:
    case CD_OP_COLLECT:
    case CD_OP_MAPEACH: cd_vm_reduce(e, in); return;
    case CD_OP_ENV: cd_k_env(e, in); return;
    case CD_OP_FIELD: cd_k_field(e, in); return;
    case CD_OP_MAPGET: cd_k_mapget(e, in); return;
    case CD_OP_JGET: cd_k_jget(e, in); return;
    case CD_OP_JAT: cd_k_jat(e, in); return;
    case CD_OP_JAS: cd_k_jas(e, in); return;
    case CD_OP_AT: cd_k_at(e, in); return;
    case CD_OP_FOLLOW: cd_k_follow(e, in); return;
    case CD_OP_EQ: cd_k_eq(e, in); return;
    case CD_OP_LT:
    case CD_OP_LE: cd_k_order(e, in); return;
    case CD_OP_IN: cd_k_in(e, in, pc); return;
    case CD_OP_LIKE:
    case CD_OP_ARNLIKE:
    case CD_OP_WITHIN: cd_k_pattern(e, in, pc); return;
    case CD_OP_MATCHES: cd_k_matches(e, in, pc); return;
    case CD_OP_AND: cd_k_and(e, in); return;
    case CD_OP_OR: cd_k_or(e, in); return;
    case CD_OP_NOT: cd_k_not(e, in); return;
    case CD_OP_IF: cd_k_if(e, in); return;
    case CD_OP_ISABSENT: cd_k_isabsent(e, in); return;
    case CD_OP_ADD:
    case CD_OP_SUB: cd_k_arith(e, in); return;
    case CD_OP_NEG: cd_k_neg(e, in); return;
    case CD_OP_UNION:
    case CD_OP_APPEND: cd_k_union(e, in); return;
    case CD_OP_MINUS: cd_k_minus(e, in); return;
    case CD_OP_LIST1: cd_k_list1(e, in); return;
    case CD_OP_UNIQ: cd_k_uniq(e, in); return;
    case CD_OP_FLATTEN: cd_k_flatten(e, in); return;
    case CD_OP_SIZE: cd_k_size(e, in); return;
    case CD_OP_CONCAT: cd_k_concat(e, in); return;
    case CD_OP_QUOTE:
    case CD_OP_TOARN:
    case CD_OP_ARNPART:
    case CD_OP_CAPTURE: cd_k_text(e, in, pc); return;
    case CD_OP_TOSTRING: cd_k_tostring(e, in); return;
    case CD_OP_TONUMBER: cd_k_tonumber(e, in); return;
    case CD_OP_KEY: cd_k_key(e, in); return;
    case CD_OP_CHECK: cd_k_check(e, in); return;
    case CD_OP_VERDICT: cd_k_verdict(e, in); return;
    case CD_OP_MESSAGE: cd_k_message(e, in); return;
    case CD_OP_FIRE: cd_k_fire(e, in); return;
    case CD_OP_ASKED: cd_k_asked(e, in); return;
    case CD_OP_OBSERVE: cd_k_observe(e, in); return;
    case CD_OP_WHENIS: cd_k_whenis(e, in); return;
    case CD_OP_WHENKEY: cd_k_whenkey(e, in); return;
    case CD_OP_WHENJOIN: cd_k_whenjoin(e, in); return;
    case CD_OP_WHENEACH: cd_k_wheneach(e, in); return;
    case CD_OP_REQUESTS: cd_k_requests(e, in, pc); return;
    case CD_OP_CAN: cd_k_can(e, in); return;
    case CD_OP_ALLOWS:
    case CD_OP_DENIES: cd_k_document(e, in); return;
    case CD_OP_BECOMES: cd_k_becomes(e, in); return;
    case CD_OP_LOOP:
    case CD_OP_PROBE:
    case CD_OP_ENDLOOP:
    case CD_N_OPS: return;
    }
}

void
cd_vm_exec(struct cd_eval *e, const struct cd_plan *plan, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        uint32_t pc = plan->pc[i];
        const struct cd_insn *in = &e->img->code.items[pc];
        if (in->op == CD_OP_LOOP || in->op == CD_OP_PROBE) {
            i = cd_vm_loop(e, plan, i);
        } else {
            run_insn(e, in, pc);
        }
    }
}
