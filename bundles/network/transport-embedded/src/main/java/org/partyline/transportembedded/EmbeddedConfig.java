package org.partyline.transportembedded;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.partyline.api.config.Setting;

/** The configuration of an embedded node; file {@code etc/org.partyline.transport.embedded-NAME.cfg}. */
@ObjectClassDefinition(
        name = "Partyline embedded network",
        description = "An in-process Bitcoin network with play money, for a first look, demos and tests.")
public @interface EmbeddedConfig {
    /** The node's name. */
    @AttributeDefinition(
            required = false,
            description = "The node's name: 1 to 64 letters, digits, hyphens. Default: what the file's name says.")
    @Setting(
            unit = "none",
            range = "letters, digits and hyphens, at most 64",
            command = "partyline:node-remove and partyline:node-add")
    String name() default "";

    /** Time between blocks. */
    @AttributeDefinition(
            description = "Time between blocks: a number with ms, s, m or h, 100ms to 24h; 0: blocks by command only.",
            min = "100ms",
            max = "24h",
            options = {@Option(label = "blocks by command only", value = "0")})
    @Setting(unit = Setting.DURATION)
    String block$_$interval() default "60s";

    /** Bytes of OP_RETURN scripts. */
    @AttributeDefinition(
            min = "0",
            max = "100000",
            description =
                    "Most bytes of all OP_RETURN scripts of a transaction, 0 to 100000. 83 is what old nodes carry.")
    @Setting(unit = "bytes")
    String datacarrier$_$size() default "100000";

    /** Number of OP_RETURN outputs. */
    @AttributeDefinition(
            min = "0",
            max = "10000",
            description = "Most OP_RETURN outputs of a transaction, 0 to 10000. 1 is what old nodes carry.")
    @Setting(unit = "outputs")
    String datacarrier$_$outputs() default "10000";

    /** The relay floor. */
    @AttributeDefinition(description = "The relay floor in sat/vB, 0 to 1000.", min = "0", max = "1000")
    @Setting(unit = "sat/vB")
    String relay$_$fee() default "0.1";

    /** The increment for replacements. */
    @AttributeDefinition(
            description = "What a replacement adds for its own size, in sat/vB, 0 to 1000.",
            min = "0",
            max = "1000")
    @Setting(unit = "sat/vB")
    String incremental$_$fee() default "0.1";

    /** Size of the mempool. */
    @AttributeDefinition(
            min = "1",
            max = "1000",
            description = "Most virtual megabytes that wait in the mempool, 1 to 1000.")
    @Setting(unit = "MvB")
    String mempool$_$size() default "300";

    /** Age in the mempool. */
    @AttributeDefinition(
            description = "How long a transaction waits for a block at most: a number with m or h, 1m to 8760h.",
            min = "1m",
            max = "8760h")
    @Setting(unit = Setting.DURATION)
    String mempool$_$expiry() default "336h";
}
