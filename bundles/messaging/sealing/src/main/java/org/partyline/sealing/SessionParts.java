package org.partyline.sealing;

import java.util.function.Predicate;
import org.partyline.api.Network;
import org.partyline.engine.continuity.KeyUse;
import org.partyline.engine.sessions.HandshakeManager;
import org.partyline.engine.sessions.IdentityRotation;
import org.partyline.engine.sessions.KeyUpdates;
import org.partyline.engine.sessions.SessionChains;

/**
 * What sessions are kept by.
 *
 * @param settled whether all was heard that a network's nodes knew when the engine started
 */
record SessionParts(
        HandshakeManager handshakes,
        SessionChains chains,
        KeyUpdates updates,
        IdentityRotation news,
        KeyUse continuity,
        Predicate<Network> settled) {}
