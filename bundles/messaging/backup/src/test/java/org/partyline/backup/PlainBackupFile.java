package org.partyline.backup;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.partyline.api.SecretBytes;
import org.partyline.api.identity.BackupFile;

/** A readable backup: the passphrase precedes it, and nothing is sealed. */
class PlainBackupFile implements BackupFile {
    @Override
    public byte[] seal(SecretBytes content, char[] passphrase) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(KnownBackups.BEGINNING);
        file.write(passphrase.length);
        for (char one : passphrase) {
            file.write(one);
        }
        file.writeBytes(content.expose());
        return file.toByteArray();
    }

    @Override
    public SecretBytes open(byte[] file, char[] passphrase) throws DamagedBackupException {
        ByteBuffer in = ByteBuffer.wrap(file);
        byte[] beginning = new byte[KnownBackups.BEGINNING.length];
        in.get(beginning);
        char[] opens = new char[in.get()];
        for (int i = 0; i < opens.length; i++) {
            opens[i] = (char) in.get();
        }
        if (!Arrays.equals(opens, passphrase)) {
            throw new DamagedBackupException("the passphrase is not the one");
        }
        byte[] content = new byte[in.remaining()];
        in.get(content);
        return SecretBytes.wrap(content);
    }
}
