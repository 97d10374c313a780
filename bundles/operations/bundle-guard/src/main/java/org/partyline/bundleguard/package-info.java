/**
 * Prevents code outside the distribution from running, unless the operator allows it.
 *
 * <p>It is a part of the framework, so that it exists before any bundle resolves: nothing here may use a class of
 * another bundle. It reports through a service with types of the JDK ({@link org.partyline.bundleguard.Report}); the
 * bundle {@code foreign-bundles} converts that into the service of the api.
 */
package org.partyline.bundleguard;
