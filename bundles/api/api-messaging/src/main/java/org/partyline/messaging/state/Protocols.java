package org.partyline.messaging.state;

import org.jspecify.annotations.Nullable;
import org.partyline.api.cover.CoverFactory;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.crypto.Kem;
import org.partyline.api.identity.BackupFile;
import org.partyline.api.identity.Identities;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.LegacyReader;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.schedule.Pace;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.suites.SuiteDirectory;

/** Provides the services of the lower layers to the stages; each may be unavailable at any time. */
public final class Protocols {
    public final Live<PacketCodec> codec;
    public final Live<Fragmenter> fragmenter;
    public final Live<ChannelKeys> channelKeys;
    public final Live<Chains> chains;
    public final Live<Identities> identities;
    public final Live<BackupFile> backupFile;
    public final Live<Handshakes> handshakes;
    public final Live<Kem> kem;
    public final Live<Pace> pace;
    public final Live<CoverTraffic> coverTraffic;
    public final Live<SuiteDirectory> suites;
    public final Live<NodeDirectory> nodes;
    public final Live<LegacyReader> legacyReader;
    public final Live<OperatorSettings> operatorSettings;

    /** The {@link Chains} service that created the unlocked state; its objects belong to that service. */
    private @Nullable Chains madeWith;

    public Protocols(Operations operations) {
        codec = new Live<>(operations, PacketCodec.class);
        fragmenter = new Live<>(operations, Fragmenter.class);
        channelKeys = new Live<>(operations, ChannelKeys.class);
        chains = new Live<>(operations, Chains.class);
        identities = new Live<>(operations, Identities.class);
        backupFile = new Live<>(operations, BackupFile.class);
        handshakes = new Live<>(operations, Handshakes.class);
        kem = new Live<>(operations, Kem.class);
        pace = new Live<>(operations, Pace.class);
        coverTraffic = new Live<>(operations, CoverTraffic.class, CoverFactory.class);
        suites = new Live<>(operations, SuiteDirectory.class);
        nodes = new Live<>(operations, NodeDirectory.class);
        operatorSettings = new Live<>(operations, OperatorSettings.class);
        legacyReader = new Live<>(operations, LegacyReader.class);
    }

    /** Records that the unlocked state was created with the present service. */
    public void made() {
        Chains now = chains.instance().orElse(null);
        synchronized (this) {
            madeWith = now;
        }
    }

    /** Whether the unlocked state was created by a service that is no longer present, and must be rebuilt. */
    boolean isMadeByOthers() {
        Chains now = chains.instance().orElse(null);
        synchronized (this) {
            return madeWith != null && madeWith != now;
        }
    }
}
