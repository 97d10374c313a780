/** Connections to Bitcoin networks, and wallets that pay. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.partyline.api.transport;
