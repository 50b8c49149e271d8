/* Networks: inet_pton reads the address, the rest is masking. */
#include "runtime/base/net.h"

#include <arpa/inet.h>

#include "runtime/base/num.h"

static void
mask(struct cd_net *net)
{
    int size = net->family == 4 ? 4 : 16;
    for (int i = 0; i < size; i++) {
        int kept = net->bits - i * 8;
        if (kept < 8) {
            unsigned bits = kept <= 0 ? 0 : (0xFF00u >> kept) & 0xFFu;
            net->address[i] = (unsigned char)(net->address[i] & bits);
        }
    }
}

struct cd_net
cd_net_parse(struct cd_str s)
{
    struct cd_net net = {.family = 0};
    char text[64];
    size_t slash = cd_str_find(s, '/', 0);
    if (slash >= sizeof text || memchr(s.p, 0, slash)) {
        return net;
    }
    memcpy(text, s.p, slash);
    text[slash] = '\0';
    int family = inet_pton(AF_INET, text, net.address) == 1    ? 4
                 : inet_pton(AF_INET6, text, net.address) == 1 ? 6
                                                               : 0;
    uint64_t bits = family == 4 ? 32 : 128;
    if (slash < s.n) {
        uint64_t given;
        struct cd_str digits = cd_str_sub(s, slash + 1, s.n);
        if (digits.n > 3 || !cd_parse_u64(digits, &given) || given > bits) {
            return net;
        }
        bits = given;
    }
    net.family = family;
    net.bits = (int)bits;
    if (family != 0) {
        mask(&net);
    }
    return net;
}

bool
cd_net_within(const struct cd_net *inner, const struct cd_net *outer)
{
    if (inner->family == 0 || inner->family != outer->family || inner->bits < outer->bits) {
        return false;
    }
    struct cd_net cut = *inner;
    cut.bits = outer->bits;
    mask(&cut);
    return memcmp(cut.address, outer->address, sizeof cut.address) == 0;
}

struct cd_str
cd_net_format(const struct cd_net *net, char out[64])
{
    bool ok = net->family != 0
              && inet_ntop(net->family == 4 ? AF_INET : AF_INET6, net->address, out, 64) != NULL;
    return ok ? cd_str_of(out) : CD_STR("");
}
