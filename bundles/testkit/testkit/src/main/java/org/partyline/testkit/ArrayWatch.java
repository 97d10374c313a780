package org.partyline.testkit;

import java.security.Key;
import java.security.MessageDigest;
import java.security.MessageDigestSpi;
import java.security.Provider;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.MacSpi;

/**
 * Records every array that is an input or output of HMAC-SHA256 and SHA-256 while it is open: the arrays themselves,
 * not copies, so that a test sees whether they were wiped. The platform's own algorithms do the work.
 */
public final class ArrayWatch implements AutoCloseable {
    private static final String NAME = "ArrayWatch";
    private static final List<byte[]> SEEN = new ArrayList<>();
    /** Created before the watched SHA-256 can be found, since it would use that for its own work. */
    private static final Mac HMAC = hmac();

    /** Starts watching. */
    public ArrayWatch() {
        SEEN.clear();
        Security.insertProviderAt(new Watching(), 1);
    }

    private static Mac hmac() {
        try {
            return Mac.getInstance("HmacSHA256", "SunJCE");
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the arrays so far. */
    public List<byte[]> seen() {
        return List.copyOf(SEEN);
    }

    @Override
    public void close() {
        Security.removeProvider(NAME);
        SEEN.clear();
    }

    private static final class Watching extends Provider {
        private static final long serialVersionUID = 1L;

        Watching() {
            super(NAME, "1", "keeps what it is given");
            putService(new Service(this, "Mac", "HmacSHA256", WatchedMac.class.getName(), null, null) {
                @Override
                public Object newInstance(Object parameter) {
                    return new WatchedMac();
                }
            });
            putService(new Service(this, "MessageDigest", "SHA-256", WatchedDigest.class.getName(), null, null) {
                @Override
                public Object newInstance(Object parameter) {
                    return new WatchedDigest();
                }
            });
        }
    }

    private static final class WatchedMac extends MacSpi {
        private final Mac mac;

        WatchedMac() {
            try {
                mac = (Mac) HMAC.clone();
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        protected int engineGetMacLength() {
            return mac.getMacLength();
        }

        @Override
        protected void engineInit(Key key, AlgorithmParameterSpec parameters) throws java.security.InvalidKeyException {
            mac.init(key);
        }

        @Override
        protected void engineUpdate(byte input) {
            mac.update(input);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            SEEN.add(input);
            mac.update(input, offset, length);
        }

        @Override
        protected byte[] engineDoFinal() {
            byte[] output = mac.doFinal();
            SEEN.add(output);
            return output;
        }

        @Override
        protected void engineReset() {
            mac.reset();
        }
    }

    private static final class WatchedDigest extends MessageDigestSpi implements Cloneable {
        private MessageDigest digest;

        WatchedDigest() {
            try {
                digest = MessageDigest.getInstance("SHA-256", "SUN");
            } catch (java.security.GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        protected void engineUpdate(byte input) {
            digest.update(input);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            SEEN.add(input);
            digest.update(input, offset, length);
        }

        @Override
        protected int engineGetDigestLength() {
            return digest.getDigestLength();
        }

        @Override
        protected byte[] engineDigest() {
            byte[] output = digest.digest();
            SEEN.add(output);
            return output;
        }

        @Override
        protected void engineReset() {
            digest.reset();
        }

        @Override
        public Object clone() throws CloneNotSupportedException {
            WatchedDigest copy = (WatchedDigest) super.clone();
            copy.digest = (MessageDigest) digest.clone();
            return copy;
        }
    }
}
