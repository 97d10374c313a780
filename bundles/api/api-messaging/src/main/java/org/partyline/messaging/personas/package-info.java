/** Personas' keys, and the wallets' accounts that pay for them. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.personas;
