/* The version of Cordon. */
#ifndef CORDON_VERSION_H
#define CORDON_VERSION_H

#define CORDON_VERSION "0.1.0"

#endif
