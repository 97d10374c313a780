/** The server's records in the store: their encoding, keys and numbers. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.store;
