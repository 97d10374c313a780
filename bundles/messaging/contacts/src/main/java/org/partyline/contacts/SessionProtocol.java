package org.partyline.contacts;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.session.Handshakes;
import org.partyline.api.suites.SuiteDirectory;

/** Provides the protocol services for sessions and their keys (PROTOCOL 6). */
record SessionProtocol(Handshakes handshakes, Chains chains, SuiteDirectory suites, SecureRandom random, Clock clock) {
    /** The suites that may be used, available ones first. */
    List<AeadId> usable() {
        List<AeadId> allowed = suites.forSessions();
        LinkedHashSet<AeadId> order = new LinkedHashSet<>();
        allowed.stream().filter(id -> suites.suite(id.name()).isPresent()).forEach(order::add);
        order.addAll(allowed);
        return List.copyOf(order);
    }
}
