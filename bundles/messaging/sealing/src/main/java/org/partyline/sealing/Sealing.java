package org.partyline.sealing;

import java.security.SecureRandom;
import org.partyline.api.identity.Identities;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.session.Handshakes;
import org.partyline.api.suites.SuiteDirectory;

/** The protocol as sealing needs it: what keys come from, and what packets are sealed, signed and shown with. */
record Sealing(
        PacketCodec codec,
        Identities identities,
        SuiteDirectory suites,
        Chains chains,
        ChannelKeys channelKeys,
        Handshakes handshakes,
        SecureRandom random) {}
