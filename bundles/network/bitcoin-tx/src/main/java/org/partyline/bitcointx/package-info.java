/**
 * Raw transactions and blocks, as Bitcoin serialises them (BIP144): read without copying, never past their end, in their shortest form
 * only, as nodes accept them; and the outputs that carry data (OP_RETURN). All that reads bytes of the network reads them by this.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.bitcointx;
