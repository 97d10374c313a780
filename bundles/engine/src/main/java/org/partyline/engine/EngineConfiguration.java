package org.partyline.engine;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What an operator can set in {@code etc/org.partyline.engine.cfg}. {@link Settings} checks the values. */
@ObjectClassDefinition(name = "Mempool Partyline: engine", description = "Messages, suites and fees.")
@interface EngineConfiguration {
    @AttributeDefinition(description = "How long a message is kept where its sender set no time to live. 1m to 45d.")
    String default$_$ttl() default "1h";

    @AttributeDefinition(
            description = "Largest packet that is sent, in bytes: 64, 80, 128, 256 or 512. "
                    + "Packets over 80 bytes stand out on the chain.")
    int max$_$bucket() default 80;

    @AttributeDefinition(description = "Messages on one sender chain before the next begins. 1 to 100.")
    int chain$_$messages() default 25;

    @AttributeDefinition(description = "Read version-1 messages in channels whose key derivation is PBKDF2_SHA256.")
    boolean allow$_$legacy$_$v1() default true;

    @AttributeDefinition(description = "AEAD suites to seal with, best first, separated by commas.")
    String suite$_$preference() default "XCHACHA20_POLY1305,AES_256_GCM,CHACHA20_POLY1305";

    @AttributeDefinition(description = "Suites and key derivations that may not be used, separated by commas.")
    String suite$_$denied() default "";

    @AttributeDefinition(description = "Nodes that are paused, separated by commas.")
    String paused$_$nodes() default "";

    @AttributeDefinition(
            description =
                    "A transaction that the other nodes do not show in this time goes in by another node. 30s to 1h.")
    String resend$_$after() default "2m";

    @AttributeDefinition(
            description = "Oldest version of a node that is used, by type, as Bitcoin Core counts: 250000 is 25.0. "
                    + "A node that is older is set aside.")
    String minimum$_$node$_$version() default NodeRules.STANDARD_VERSIONS;

    @AttributeDefinition(
            description = "Lowest fee rate, for example 0.1sat/vB. The node's floor counts if it is higher.")
    String fee$_$minimum() default "0.1sat/vB";

    @AttributeDefinition(description = "Highest fee rate. A message that would cost more waits.")
    String fee$_$maximum() default "50sat/vB";

    @AttributeDefinition(description = "Confirmation target of the fee estimate, in blocks. 1 to 1008.")
    int fee$_$target() default 6;

    @AttributeDefinition(description = "How long a message waits for one that its sender sent before it. 0s to 10m.")
    String reorder$_$hold() default "10s";

    @AttributeDefinition(description = "A transaction that no node reports is handed over again after this. 1m to 1d.")
    String rebroadcast$_$after() default "10m";

    @AttributeDefinition(
            description = "A server that was away for longer than this gives up reading what it missed. 1d to 60d.")
    String catch$_$up() default "14d";

    @AttributeDefinition(
            description =
                    "Let people who have a persona's card, and are no contacts, open sessions. They are shown unverified.")
    boolean allow$_$strangers() default true;

    @AttributeDefinition(description = "Tell contacts that their messages have arrived.")
    boolean send$_$receipts() default false;

    @AttributeDefinition(description = "Messages on a session before its keys are renewed. 1 to 100.")
    int rekey$_$messages() default 100;

    @AttributeDefinition(description = "A session's keys are renewed by the next message after this. 10m to 24h.")
    String rekey$_$after() default "24h";

    @AttributeDefinition(
            description = "A handshake that was not answered is made again after this, while messages wait. 1h to 7d.")
    String handshake$_$retry() default "6h";

    @AttributeDefinition(description = "A persona's keys are rotated after this. 1d to 365d.")
    String key$_$age() default "30d";

    @AttributeDefinition(description = "A persona's keys are rotated after so many messages. 100 to 1000000.")
    int key$_$messages() default 10_000;
}
