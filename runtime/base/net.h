/* Addresses and networks of IPv4 and IPv6. */
#ifndef CD_BASE_NET_H
#define CD_BASE_NET_H

#include <stdbool.h>

#include "runtime/base/str.h"

struct cd_net {
    unsigned char address[16];
    int family; /* 4, 6; 0: malformed */
    int bits;
};
/* An address (all bits) or a network (host bits are masked). */
struct cd_net cd_net_parse(struct cd_str s);
bool cd_net_within(const struct cd_net *inner, const struct cd_net *outer);
/* The address, without its number of bits; empty for a malformed one. */
struct cd_str cd_net_format(const struct cd_net *net, char out[64]);

#endif
