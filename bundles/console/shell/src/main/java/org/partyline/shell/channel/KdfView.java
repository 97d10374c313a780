package org.partyline.shell.channel;

import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfParameters;

/**
 * A key derivation as {@code --json} shows it.
 *
 * @param weak whether it is weaker than the default
 */
record KdfView(String name, int timeCost, int memory, int parallelism, boolean weak) {
    static KdfView of(KdfParameters kdf) {
        return new KdfView(
                kdf.id().name(), kdf.timeCost(), kdf.memory(), kdf.parallelism(), KdfLimits.isWeakerThanDefault(kdf));
    }
}
