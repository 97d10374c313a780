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
}
