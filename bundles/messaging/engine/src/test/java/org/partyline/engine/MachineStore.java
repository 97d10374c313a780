package org.partyline.engine;

import org.partyline.testkit.MemoryStore;

/** A store in memory on a machine that has a place for tokens, which is not copied along with the files. */
final class MachineStore extends MemoryStore {
    /** Of the machine: copies of this store share it. */
    final MemoryPlace outside;

    MachineStore() {
        this.outside = new MemoryPlace();
    }

    private MachineStore(MachineStore files) {
        super(files);
        this.outside = files.outside;
    }

    @Override
    public MachineStore copy() {
        return new MachineStore(this);
    }
}
