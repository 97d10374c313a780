package org.partyline.sealing;

import java.security.SecureRandom;
import org.partyline.api.identity.Identities;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.session.Handshakes;
import org.partyline.api.suites.SuiteDirectory;

/** Provides the protocol services for sealing: keys, packets, signatures and views. */
record Sealing(
        PacketCodec codec,
        Identities identities,
        SuiteDirectory suites,
        Chains chains,
        ChannelKeys channelKeys,
        Handshakes handshakes,
        SecureRandom random) {}
