package org.partyline.transportembedded;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.partyline.api.config.Setting;

/** The configuration of an embedded node; file {@code etc/org.partyline.transport.embedded-NAME.cfg}. */
@ObjectClassDefinition(
        name = "Partyline embedded network",
        description = "An in-process Bitcoin network with play money, for tours, demos and tests.")
public @interface EmbeddedConfig {
    /** The node's name. */
    @AttributeDefinition(required = false, description = "The node's name; otherwise from the file's name.")
    @Setting(
            unit = "none",
            range = "letters, digits and hyphens, at most 64",
            command = "partyline:node-remove and partyline:node-add")
    String name() default "";

    /** Time between blocks. */
    @AttributeDefinition(
            description = "Time between blocks; 0: blocks by command only.",
            min = "100ms",
            max = "24h",
            options = {@Option(label = "blocks by command only", value = "0")})
    @Setting(unit = Setting.DURATION)
    String block$_$interval() default "60s";

    /** Bytes of OP_RETURN scripts. */
    @AttributeDefinition(
            min = "0",
            max = "100000",
            description = "Maximum size of all OP_RETURN scripts of a transaction; 83 on old nodes.")
    @Setting(unit = "bytes")
    String datacarrier$_$size() default "100000";

    /** Number of OP_RETURN outputs. */
    @AttributeDefinition(
            min = "0",
            max = "10000",
            description = "Maximum number of OP_RETURN outputs of a transaction; 1 on old nodes.")
    @Setting(unit = "outputs")
    String datacarrier$_$outputs() default "10000";

    /** The relay floor. */
    @AttributeDefinition(description = "The relay floor.", min = "0", max = "1000")
    @Setting(unit = "sat/vB")
    String relay$_$fee() default "0.1";

    /** The increment for replacements. */
    @AttributeDefinition(description = "Minimum fee rate that a replacement adds.", min = "0", max = "1000")
    @Setting(unit = "sat/vB")
    String incremental$_$fee() default "0.1";

    /** Size of the mempool. */
    @AttributeDefinition(min = "1", max = "1000", description = "Maximum size of the mempool.")
    @Setting(unit = "MvB")
    String mempool$_$size() default "300";

    /** Age in the mempool. */
    @AttributeDefinition(
            description = "How long an unconfirmed transaction stays in the mempool.",
            min = "1m",
            max = "8760h")
    @Setting(unit = Setting.DURATION)
    String mempool$_$expiry() default "336h";
}
