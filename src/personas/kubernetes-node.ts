import { pick } from '../core/random.ts';
import { textFile, type PersonaMaker } from './build.ts';
import { selfSigned } from './certificates.ts';
import { linuxServer } from './linux-server.ts';
import { servicesOf } from './services.ts';

const releases = ['v1.24.17', 'v1.26.15'] as const;

export const kubernetesNode: PersonaMaker = {
  name: 'kubernetes-node',
  summary: 'The one node of a Kubernetes cluster on Ubuntu 20.04, with API server and kubelet in reach',
  make(seed, options) {
    const version = pick(seed.random('kubernetes'), releases);
    const packaged = `${version.slice(1)}-00`;
    return linuxServer(seed, options, {
      distribution: 'ubuntu',
      leastMemoryKilobytes: 3_900_000,
      roles: ['k8s', 'kube', 'master', 'node'],
      packages: {
        'containerd.io': '1.6.25-1',
        kubeadm: packaged,
        kubectl: packaged,
        kubelet: packaged,
        'kubernetes-cni': '1.2.0-00',
      },
      software: { kubernetes: { product: 'Kubernetes', version } },
      services: servicesOf('ssh 22, kubernetes 6443 tls, kubernetes 10250 tls'),
      files: {
        '/var/lib/kubelet/config.yaml': textFile(
          'apiVersion: kubelet.config.k8s.io/v1beta1\nauthentication:\n  anonymous:\n    enabled: true\n  webhook:\n    enabled: false\nauthorization:\n  mode: AlwaysAllow\ncgroupDriver: systemd\nclusterDNS:\n- 10.96.0.10\nclusterDomain: cluster.local\nkind: KubeletConfiguration\nstaticPodPath: /etc/kubernetes/manifests\n',
          0o644,
        ),
      },
      history: [
        'kubeadm init --pod-network-cidr=10.244.0.0/16',
        'export KUBECONFIG=/etc/kubernetes/admin.conf',
        'kubectl get nodes -o wide',
        'kubectl get pods -A',
        'kubectl apply -f kube-flannel.yml',
        'kubectl taint nodes --all node-role.kubernetes.io/control-plane-',
        'systemctl status kubelet',
        'vim /var/lib/kubelet/config.yaml',
        'systemctl restart kubelet',
      ],
      certificate: ({ hostname, address, installedAt }) =>
        selfSigned(seed, {
          subject: [['CN', 'kube-apiserver']],
          issuer: [['CN', 'kubernetes']],
          notBefore: installedAt,
          days: 3650,
          serialOctets: 8,
          authority: false,
          keyUsage: [0, 2],
          alternativeNames: [
            { kind: 'dns', name: hostname },
            { kind: 'dns', name: 'kubernetes' },
            { kind: 'dns', name: 'kubernetes.default' },
            { kind: 'dns', name: 'kubernetes.default.svc' },
            { kind: 'dns', name: 'kubernetes.default.svc.cluster.local' },
            { kind: 'ip', octets: Uint8Array.of(10, 96, 0, 1) },
            ...(/^\d+\.\d+\.\d+\.\d+$/.test(address)
              ? [{ kind: 'ip', octets: Uint8Array.from(address.split('.').map(Number)) } as const]
              : []),
          ],
        }),
    });
  },
};
