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

/** Provides the services of the floors below to the stages; each may be unavailable at any time. */
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

    /** The chains that the unlocked state was made with; what it holds is theirs. */
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

    /** The unlocked state was made: what is in it belongs to the chains of now. */
    public void made() {
        Chains now = chains.instance().orElse(null);
        synchronized (this) {
            madeWith = now;
        }
    }

    /** Whether the unlocked state belongs to chains that are not here any more, and must be made anew. */
    boolean isMadeByOthers() {
        Chains now = chains.instance().orElse(null);
        synchronized (this) {
            return madeWith != null && madeWith != now;
        }
    }
}
