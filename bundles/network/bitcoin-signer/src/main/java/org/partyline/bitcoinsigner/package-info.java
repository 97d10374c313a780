/** Signs P2WPKH coins (BIP143) as Bitcoin Core's wallet does. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.bitcoinsigner;
