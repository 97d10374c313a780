package org.partyline.contacts;

import java.security.SecureRandom;
import java.time.Clock;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.session.Handshakes;
import org.partyline.api.suites.SuiteDirectory;

/** Provides the protocol services for sessions and their keys (PROTOCOL 6). */
record SessionProtocol(Handshakes handshakes, Chains chains, SuiteDirectory suites, SecureRandom random, Clock clock) {}
