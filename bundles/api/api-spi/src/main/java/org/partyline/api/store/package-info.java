/** Durable state, sealed under the operator's passphrase. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package org.partyline.api.store;
