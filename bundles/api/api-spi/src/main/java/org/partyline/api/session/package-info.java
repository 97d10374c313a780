/** Handshakes and key updates of pairwise sessions (PROTOCOL 6). */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package org.partyline.api.session;
