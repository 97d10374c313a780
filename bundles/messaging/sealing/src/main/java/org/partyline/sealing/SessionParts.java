package org.partyline.sealing;

import org.partyline.engine.sessions.HandshakeManager;
import org.partyline.engine.sessions.IdentityRotation;
import org.partyline.engine.sessions.KeyUpdates;
import org.partyline.engine.sessions.SessionChains;

/** What sessions are kept by. */
record SessionParts(HandshakeManager handshakes, SessionChains chains, KeyUpdates updates, IdentityRotation news) {}
