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
                    "How long a message is kept where its sender set no time to live: from when it came, our own from when it left.",
            min = "1m",
            max = "45d")
    @Setting(unit = Setting.DURATION)
    String default$_$ttl() default "1h";

    @AttributeDefinition(
            description = "Largest packet that is sent. " + "Packets over 80 bytes stand out on the chain.",
            options = {
                @Option(label = "64", value = "64"),
                @Option(label = "80", value = "80"),
                @Option(label = "stands out", value = "128"),
                @Option(label = "stands out", value = "256"),
                @Option(label = "stands out", value = "512")
            })
    @Setting(unit = "bytes")
    int max$_$bucket() default 80;

    @AttributeDefinition(description = "Messages on one sender chain before the next begins.", min = "1", max = "100")
    @Setting(unit = "messages")
    int chain$_$messages() default 25;

    @AttributeDefinition(description = "Read version-1 messages in channels whose key derivation is PBKDF2_SHA256.")
    @Setting
    boolean allow$_$legacy$_$v1() default true;

    @AttributeDefinition(description = "AEAD suites to seal with, best first, separated by commas.")
    @Setting(unit = "names", range = "names of suites with commas between")
    String suite$_$preference() default "XCHACHA20_POLY1305,AES_256_GCM,CHACHA20_POLY1305";

    @AttributeDefinition(description = "Suites and key derivations that may not be used, separated by commas.")
    @Setting(unit = "names", range = "names of suites and key derivations with commas between, or nothing")
    String suite$_$denied() default "";

    @AttributeDefinition(description = "Nodes that are paused, separated by commas.")
    @Setting(unit = "names", range = "names of nodes with commas between, or nothing", command = "partyline:node-pause")
    String paused$_$nodes() default "";

    @AttributeDefinition(
            description =
                    "A transaction that the other nodes do not show in this time goes in by another node; nodes have as long, and at most 5m, to show what others did.",
            min = "5s",
            max = "1h")
    @Setting(unit = Setting.DURATION)
    String resend$_$after() default "2m";

    @AttributeDefinition(
            description = "How often the nodes of a network are held against each other.",
            min = "1s",
            max = "10m")
    @Setting(unit = Setting.DURATION)
    String node$_$check() default "30s";

    @AttributeDefinition(
            description = "How long a node that was found wrong is set aside at the least.",
            min = "10s",
            max = "1d")
    @Setting(unit = Setting.DURATION)
    String node$_$quarantine() default "5m";

    @AttributeDefinition(
            description = "Oldest version of a node that is used, by type, as Bitcoin Core counts: 250000 is 25.0. "
                    + "A node that is older is set aside.")
    @Setting(unit = "version", range = "TYPE:VERSION with commas between, VERSION 0 to 99999999")
    String minimum$_$node$_$version() default NodeVersions.STANDARD;

    @AttributeDefinition(
            description = "Lowest fee rate, for example 0.1sat/vB. The node's floor counts if it is higher.")
    @Setting(unit = "sat/vB", range = "0sat/vB to fee-maximum")
    String fee$_$minimum() default "0.1sat/vB";

    @AttributeDefinition(
            description = "Highest fee rate. A message that would cost more waits. auto: 50sat/vB, and never more than"
                    + " ten times the highest relay floor of the nodes, whatever they estimate.")
    @Setting(unit = "sat/vB", range = "auto, or fee-minimum to 100000sat/vB")
    String fee$_$maximum() default "auto";

    @AttributeDefinition(description = "Confirmation target of the fee estimate of the node.", min = "1", max = "1008")
    @Setting(unit = "blocks")
    int fee$_$target() default 6;

    @AttributeDefinition(
            description = "How long a message waits for one that its sender sent before it.",
            min = "0s",
            max = "10m")
    @Setting(unit = Setting.DURATION)
    String reorder$_$hold() default "10s";

    @AttributeDefinition(
            description = "A transaction that no node reports is handed over again after this.",
            min = "1m",
            max = "1d")
    @Setting(unit = Setting.DURATION)
    String rebroadcast$_$after() default "10m";

    @AttributeDefinition(
            description =
                    "A server that was away for longer than this gives up reading what it missed, and erases those days' keys.",
            min = "1d",
            max = "60d")
    @Setting(unit = Setting.DURATION)
    String catch$_$up() default "14d";

    @AttributeDefinition(
            description =
                    "Answer people who have a persona's card and are no contacts. Each answer is a transaction of the persona's"
                            + " coins: whoever has the card learns which they are. What they write is shown once their card is"
                            + " added.")
    @Setting
    boolean allow$_$strangers() default false;

    @AttributeDefinition(
            description = "When contacts are told that their messages have arrived: never, in the place of decoys where"
                    + " cover traffic runs (which costs nothing more), or at once in a packet that is paid for.",
            options = {
                @Option(label = "never", value = "off"),
                @Option(label = "in the place of decoys", value = "cover"),
                @Option(label = "at once, each paid for", value = "pay")
            })
    @Setting
    String receipts() default "cover";

    @AttributeDefinition(description = "Also tell contacts who are sent receipts that their messages were shown.")
    @Setting
    boolean read$_$receipts() default false;

    @AttributeDefinition(
            description =
                    "Protect sessions against a quantum computer of tomorrow by a key exchange, and how its packets leave.",
            options = {
                @Option(label = "sessions are not protected", value = "off"),
                @Option(label = "in the place of decoys, where cover traffic runs", value = "cover"),
                @Option(label = "at once after a session opens, paid for", value = "pay")
            })
    @Setting
    String post$_$quantum() default "cover";

    @AttributeDefinition(description = "Messages on a session before its keys are renewed.", min = "1", max = "100")
    @Setting(unit = "messages")
    int rekey$_$messages() default 100;

    @AttributeDefinition(
            description = "A session's keys are renewed by the next message after this.",
            min = "10m",
            max = "24h")
    @Setting(unit = Setting.DURATION)
    String rekey$_$after() default "24h";

    @AttributeDefinition(
            description = "A handshake that was not answered is made again after this, while messages wait.",
            min = "1h",
            max = "7d")
    @Setting(unit = Setting.DURATION)
    String handshake$_$retry() default "6h";

    @AttributeDefinition(description = "A persona's keys are rotated after this.", min = "1d", max = "365d")
    @Setting(unit = Setting.DURATION)
    String key$_$age() default "30d";

    @AttributeDefinition(
            description = "A persona's keys are rotated after so many messages.",
            min = "100",
            max = "1000000")
    @Setting(unit = "messages")
    int key$_$messages() default 10_000;

    @AttributeDefinition(
            description =
                    "Mean of the random delay before a packet leaves: auto (5s; none on regtest and embedded), or 0s to 30m.",
            min = "0s",
            max = "30m",
            options = {@Option(label = "5s; none on regtest and embedded", value = "auto")})
    @Setting(unit = Setting.DURATION)
    String jitter() default "auto";

    @AttributeDefinition(
            description = "Packets a minute: auto (10; no limit on regtest and embedded), or 0 (no limit) to 600.",
            min = "0",
            max = "600",
            options = {@Option(label = "10; no limit on regtest and embedded", value = "auto")})
    @Setting(unit = "packets")
    String rate$_$per$_$minute() default "auto";

    @AttributeDefinition(
            description = "Packets that may leave at once before rate-per-minute counts.",
            min = "1",
            max = "1000")
    @Setting(unit = "packets")
    int rate$_$burst() default 20;

    @AttributeDefinition(
            description = "Each transaction's fee rate is drawn from the estimate up to so many percent more.",
            min = "0",
            max = "100")
    @Setting(unit = "percent")
    int fee$_$band() default 20;

    @AttributeDefinition(
            description = "Most that one message costs, with all its packets.",
            min = "1sat",
            max = "100000000sat")
    @Setting(unit = Setting.SATOSHI)
    String fee$_$cap$_$message() default "20000sat";

    @AttributeDefinition(description = "Most that is spent in 60 minutes.", min = "1sat", max = "100000000sat")
    @Setting(unit = Setting.SATOSHI)
    String fee$_$cap$_$hour() default "50000sat";

    @AttributeDefinition(description = "Most that is spent in 24 hours.", min = "1sat", max = "100000000sat")
    @Setting(unit = Setting.SATOSHI)
    String fee$_$cap$_$day() default "200000sat";

    @AttributeDefinition(description = "The operator knows that messages on mainnet cost money.")
    @Setting(command = "partyline:fee-limit --accept-mainnet")
    boolean mainnet$_$accepted() default false;

    @AttributeDefinition(
            description = "confirm: each packet is a transaction of its own. rolling: each replaces the last one.")
    @Setting(unit = "none", range = "confirm, rolling, or the id of a carrier of another bundle")
    String carrier() default "confirm";

    @AttributeDefinition(
            description = "Least time between two versions of a rolling transaction, so that each travels.",
            min = "0s",
            max = "10m")
    @Setting(unit = Setting.DURATION, range = "15s to 10m; from 0s on networks for tests")
    String roll$_$spacing() default "30s";

    @AttributeDefinition(
            description = "Newest packets that ride in a rolling transaction, where nodes carry several outputs.",
            min = "1",
            max = "16")
    @Setting(unit = "packets")
    int roll$_$packets() default 3;

    @AttributeDefinition(
            description = "A rolling transaction ends when it would pay more.",
            min = "1sat",
            max = "100000000sat")
    @Setting(unit = Setting.SATOSHI)
    String roll$_$max$_$fee() default "10000sat";

    @AttributeDefinition(description = "A rolling transaction ends after this.", min = "10m", max = "14d")
    @Setting(unit = Setting.DURATION)
    String roll$_$max$_$age() default "6h";

    @AttributeDefinition(
            description =
                    "confirm: the last version is left to be mined. burn: it is replaced by one that carries nothing.",
            options = {
                @Option(label = "the last version is left to be mined", value = "confirm"),
                @Option(label = "it is replaced by one that carries nothing", value = "burn")
            })
    @Setting
    String roll$_$end() default "confirm";

    @AttributeDefinition(
            description =
                    "keep: an expired message stays on its way to a block. recall: it is recalled if it is not in one yet.",
            options = {
                @Option(label = "it stays on its way to a block", value = "keep"),
                @Option(label = "it is recalled if it is not in one yet", value = "recall")
            })
    @Setting
    String expire$_$on$_$chain() default "keep";

    @AttributeDefinition(
            description =
                    "A message that cannot leave for so long is given up, or after its time to live, if that is longer. Its time to live begins when it leaves.",
            min = "10m",
            max = "14d")
    @Setting(unit = Setting.DURATION)
    String send$_$within() default "24h";
}
