/** Sessions with contacts: handshakes, new keys, changed identities, and the sessions' own packets (PROTOCOL 6). */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.sessions;
