/** Ways to reach a Bitcoin network, and wallets that pay. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package org.partyline.api.transport;
