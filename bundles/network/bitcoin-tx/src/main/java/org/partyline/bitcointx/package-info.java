/**
 * Raw transactions and blocks in Bitcoin's serialisation (BIP144): read without copying, never past their end, and only
 * in their shortest form, as nodes accept them; and the outputs that carry data (OP_RETURN). All bytes from the network
 * are parsed with this package.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.bitcointx;
