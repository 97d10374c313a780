package org.partyline.settings;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.partyline.api.config.Setting;

/** What an operator can set in {@code etc/org.partyline.engine.cfg}. {@link SettingsReader} checks the values. */
@ObjectClassDefinition(name = "Mempool Partyline: engine", description = "Messages, suites and fees.")
@interface EngineConfiguration {
    @AttributeDefinition(
            description =
                    "How long a message is kept if its sender set no time to live; counted from receipt, for your "
                            + "own messages from sending.",
            min = "1m",
            max = "45d")
    @Setting(unit = Setting.DURATION)
    String default$_$ttl() default "1h";

    @AttributeDefinition(
            description = "Largest packet that is sent. Packets over 80 bytes stand out on the chain.",
            options = {
                @Option(label = "64", value = "64"),
                @Option(label = "80", value = "80"),
                @Option(label = "stands out", value = "128"),
                @Option(label = "stands out", value = "256"),
                @Option(label = "stands out", value = "512")
            })
    @Setting(unit = "bytes")
    int max$_$bucket() default 80;

    @AttributeDefinition(
            description = "Messages on one sender chain before the next chain starts.",
            min = "1",
            max = "100")
    @Setting(unit = "messages")
    int chain$_$messages() default 25;

    @AttributeDefinition(description = "Read version-1 messages in channels whose key derivation is PBKDF2_SHA256.")
    @Setting
    boolean allow$_$legacy$_$v1() default true;

    @AttributeDefinition(description = "AEAD suites to seal with, best first.")
    @Setting(unit = "names", range = "names of suites, separated by commas")
    String suite$_$preference() default "XCHACHA20_POLY1305,AES_256_GCM,CHACHA20_POLY1305";

    @AttributeDefinition(description = "Suites and key derivations that must not be used.")
    @Setting(unit = "names", range = "names of suites and key derivations, separated by commas, or nothing")
    String suite$_$denied() default "";

    @AttributeDefinition(description = "Paused nodes.")
    @Setting(
            unit = "names",
            range = "names of nodes, separated by commas, or nothing",
            command = "partyline:node-pause")
    String paused$_$nodes() default "";

    @AttributeDefinition(
            description = "A transaction that other nodes do not show within this time is sent by another node. Nodes "
                    + "have as long, but at most 5m, to show transactions that others showed.",
            min = "5s",
            max = "1h")
    @Setting(unit = Setting.DURATION)
    String resend$_$after() default "2m";

    @AttributeDefinition(description = "How often the nodes of a network are compared.", min = "1s", max = "10m")
    @Setting(unit = Setting.DURATION)
    String node$_$check() default "30s";

    @AttributeDefinition(description = "Minimum time that a faulty node is quarantined.", min = "10s", max = "1d")
    @Setting(unit = Setting.DURATION)
    String node$_$quarantine() default "5m";

    @AttributeDefinition(
            description = "Oldest accepted version of a node, by type, in Bitcoin Core's numbering: 250000 is 25.0. "
                    + "Older nodes are quarantined.")
    @Setting(unit = "version", range = "TYPE:VERSION, separated by commas, VERSION 0 to 99999999")
    String minimum$_$node$_$version() default NodeVersions.STANDARD;

    @AttributeDefinition(description = "Lowest fee rate. The node's floor is used if it is higher.")
    @Setting(unit = "sat/vB", range = "0sat/vB to fee-maximum")
    String fee$_$minimum() default "0.1sat/vB";

    @AttributeDefinition(
            description = "Highest fee rate; messages that would cost more wait. auto: 50sat/vB, but at most ten times "
                    + "the highest relay floor of the nodes.")
    @Setting(unit = "sat/vB", range = "auto, or fee-minimum to 100000sat/vB")
    String fee$_$maximum() default "auto";

    @AttributeDefinition(description = "Confirmation target of the node's fee estimate.", min = "1", max = "1008")
    @Setting(unit = "blocks")
    int fee$_$target() default 6;

    @AttributeDefinition(
            description = "How long a message waits for an earlier message of the same sender.",
            min = "0s",
            max = "10m")
    @Setting(unit = Setting.DURATION)
    String reorder$_$hold() default "10s";

    @AttributeDefinition(
            description = "A transaction that no node reports is sent again after this time.",
            min = "1m",
            max = "1d")
    @Setting(unit = Setting.DURATION)
    String rebroadcast$_$after() default "10m";

    @AttributeDefinition(
            description = "If the server was stopped for longer than this, it does not read what it missed, and erases "
                    + "the keys of those days.",
            min = "1d",
            max = "60d")
    @Setting(unit = Setting.DURATION)
    String catch$_$up() default "14d";

    @AttributeDefinition(
            description = "Answer session requests from people who have a persona's card but are not contacts. Each "
                    + "answer spends the persona's coins and so reveals them to the sender. Their messages are "
                    + "shown once their card is added.")
    @Setting
    boolean allow$_$strangers() default false;

    @AttributeDefinition(
            description =
                    "When contacts are notified that their messages have arrived. cover: in place of decoys if cover traffic runs, at no further cost.",
            options = {
                @Option(label = "never", value = "off"),
                @Option(label = "in place of decoys", value = "cover"),
                @Option(label = "at once, in paid packets", value = "pay")
            })
    @Setting
    String receipts() default "cover";

    @AttributeDefinition(description = "Also notify these contacts that their messages were shown.")
    @Setting
    boolean read$_$receipts() default false;

    @AttributeDefinition(
            description =
                    "Protect sessions against future quantum computers with a key exchange; when its packets are sent.",
            options = {
                @Option(label = "sessions are not protected", value = "off"),
                @Option(label = "in place of decoys, if cover traffic runs", value = "cover"),
                @Option(label = "at once after a session opens, in paid packets", value = "pay")
            })
    @Setting
    String post$_$quantum() default "cover";

    @AttributeDefinition(description = "Messages in a session before its keys are renewed.", min = "1", max = "100")
    @Setting(unit = "messages")
    int rekey$_$messages() default 100;

    @AttributeDefinition(
            description = "The next message after this time renews a session's keys.",
            min = "10m",
            max = "24h")
    @Setting(unit = Setting.DURATION)
    String rekey$_$after() default "24h";

    @AttributeDefinition(
            description = "An unanswered handshake is repeated after this time, while messages wait.",
            min = "1h",
            max = "7d")
    @Setting(unit = Setting.DURATION)
    String handshake$_$retry() default "6h";

    @AttributeDefinition(description = "A persona's keys are rotated after this time.", min = "1d", max = "365d")
    @Setting(unit = Setting.DURATION)
    String key$_$age() default "30d";

    @AttributeDefinition(
            description = "A persona's keys are rotated after this many messages.",
            min = "100",
            max = "1000000")
    @Setting(unit = "messages")
    int key$_$messages() default 10_000;

    @AttributeDefinition(
            description = "Mean random delay before a packet is sent. auto: 5s; none on regtest and embedded.",
            min = "0s",
            max = "30m",
            options = {@Option(label = "5s; none on regtest and embedded", value = "auto")})
    @Setting(unit = Setting.DURATION)
    String jitter() default "auto";

    @AttributeDefinition(
            description = "Packets per minute. auto: 10; no limit on regtest and embedded. 0: no limit.",
            min = "0",
            max = "600",
            options = {@Option(label = "10; no limit on regtest and embedded", value = "auto")})
    @Setting(unit = "packets")
    String rate$_$per$_$minute() default "auto";

    @AttributeDefinition(
            description = "Packets that may be sent at once before rate-per-minute applies.",
            min = "1",
            max = "1000")
    @Setting(unit = "packets")
    int rate$_$burst() default 20;

    @AttributeDefinition(
            description = "Each transaction's fee rate is drawn at random, up to this much above the estimate.",
            min = "0",
            max = "100")
    @Setting(unit = "percent")
    int fee$_$band() default 20;

    @AttributeDefinition(
            description = "Maximum cost of one message with all its packets.",
            min = "1sat",
            max = "100000000sat")
    @Setting(unit = Setting.SATOSHI)
    String fee$_$cap$_$message() default "20000sat";

    @AttributeDefinition(description = "Maximum spent in 60 minutes.", min = "1sat", max = "100000000sat")
    @Setting(unit = Setting.SATOSHI)
    String fee$_$cap$_$hour() default "50000sat";

    @AttributeDefinition(description = "Maximum spent in 24 hours.", min = "1sat", max = "100000000sat")
    @Setting(unit = Setting.SATOSHI)
    String fee$_$cap$_$day() default "200000sat";

    @AttributeDefinition(description = "Messages on mainnet, which cost real money, are accepted.")
    @Setting(command = "partyline:fee-limit --accept-mainnet")
    boolean mainnet$_$accepted() default false;

    @AttributeDefinition(
            description = "confirm: one transaction for each packet. rolling: each transaction replaces the last one.")
    @Setting(unit = "none", range = "confirm, rolling, or the id of another bundle's carrier")
    String carrier() default "confirm";

    @AttributeDefinition(
            description = "Minimum time between two versions of a rolling transaction, so that each can propagate.",
            min = "0s",
            max = "10m")
    @Setting(unit = Setting.DURATION, range = "15s to 10m; from 0s on test networks")
    String roll$_$spacing() default "30s";

    @AttributeDefinition(
            description = "Number of newest packets in a rolling transaction, if nodes carry several outputs.",
            min = "1",
            max = "16")
    @Setting(unit = "packets")
    int roll$_$packets() default 3;

    @AttributeDefinition(
            description = "A rolling transaction ends when it would pay more than this.",
            min = "1sat",
            max = "100000000sat")
    @Setting(unit = Setting.SATOSHI)
    String roll$_$max$_$fee() default "10000sat";

    @AttributeDefinition(description = "A rolling transaction ends after this time.", min = "10m", max = "14d")
    @Setting(unit = Setting.DURATION)
    String roll$_$max$_$age() default "6h";

    @AttributeDefinition(
            description = "confirm: the last version is left to be mined. burn: it is replaced by an empty one.",
            options = {
                @Option(label = "the last version is left to be mined", value = "confirm"),
                @Option(label = "it is replaced by an empty one", value = "burn")
            })
    @Setting
    String roll$_$end() default "confirm";

    @AttributeDefinition(
            description =
                    "keep: an expired message is still mined. recall: it is recalled if it is not in a block yet.",
            options = {
                @Option(label = "it is still mined", value = "keep"),
                @Option(label = "it is recalled if it is not in a block yet", value = "recall")
            })
    @Setting
    String expire$_$on$_$chain() default "keep";

    @AttributeDefinition(
            description = "A message that cannot be sent is abandoned after this time, or after its time to live if "
                    + "that is longer. The time to live starts when it is sent.",
            min = "10m",
            max = "14d")
    @Setting(unit = Setting.DURATION)
    String send$_$within() default "24h";
}
