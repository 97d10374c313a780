package org.partyline.sealing;

import java.security.SecureRandom;
import org.partyline.api.identity.Identities;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.session.Handshakes;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.mailbox.MessageCutter;
import org.partyline.messaging.mailbox.PacketSizes;

/** Provides the services for sealing: packets and their sizes, keys, signatures and views. */
record Sealing(
        PacketCodec codec,
        MessageCutter cutter,
        PacketSizes sizes,
        Identities identities,
        SuiteDirectory suites,
        Chains chains,
        ChannelKeys channelKeys,
        Handshakes handshakes,
        SecureRandom random) {}
