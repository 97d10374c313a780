package org.partyline.sealing;

import java.util.function.Predicate;
import org.partyline.api.Network;
import org.partyline.messaging.recognition.OwnLocators;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.Exchanges;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.IdentityRotation;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.SessionChains;
import org.partyline.messaging.state.Bus;

/**
 * The services that manage sessions.
 *
 * @param settled whether everything was heard that a network's nodes knew when the server started
 */
record SessionParts(
        HandshakeManager handshakes,
        SessionChains chains,
        KeyUpdates updates,
        IdentityRotation rotations,
        Controls controls,
        Exchanges exchanges,
        OwnLocators own,
        Bus bus,
        Predicate<Network> settled) {}
