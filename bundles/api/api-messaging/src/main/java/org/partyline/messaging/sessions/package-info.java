/** Sessions with contacts: handshakes, new keys, identities that change, and what sessions send themselves (PROTOCOL 6). */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.sessions;
