/** Sessions with contacts: handshakes, new keys, identities that change, and what sessions send themselves (PROTOCOL 6). */
package org.partyline.engine.sessions;
