package org.partyline.testkit.messaging;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.identity.Identities;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.schedule.Pace;
import org.partyline.api.session.Handshakes;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.sealing.QueueSealer;

/**
 * A test that runs once for each service that a message needs on its way, to remove that service ({@link
 * StageBench#stop}).
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@ValueSource(
        classes = {
            PacketCodec.class,
            Fragmenter.class,
            ChannelKeys.class,
            Chains.class,
            Identities.class,
            Handshakes.class,
            SuiteDirectory.class,
            NodeDirectory.class,
            Pace.class,
            Outbox.class,
            QueueSealer.class,
            SendQueue.class,
            Reception.class
        })
public @interface WhileAPartIsAway {}
