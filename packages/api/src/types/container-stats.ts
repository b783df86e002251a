/** GET /containers/{id}/stats: one a second, or one for all. A stopped container has zeros. */
export interface ContainerStats {
  id?: string
  name?: string
  os_type?: string
  read: string
  preread: string
  pids_stats: PidsStats
  blkio_stats: BlkioStats
  num_procs?: number
  storage_stats?: Record<string, number>
  cpu_stats: CpuStats
  precpu_stats: CpuStats
  memory_stats: MemoryStats
  networks?: Record<string, NetworkStats>
}

export interface PidsStats {
  current?: number
  limit?: number
}

export interface BlkioEntry {
  major: number
  minor: number
  op: string
  value: number
}

export interface BlkioStats {
  io_service_bytes_recursive: BlkioEntry[] | null
  io_serviced_recursive: BlkioEntry[] | null
  io_queue_recursive: BlkioEntry[] | null
  io_service_time_recursive: BlkioEntry[] | null
  io_wait_time_recursive: BlkioEntry[] | null
  io_merged_recursive: BlkioEntry[] | null
  io_time_recursive: BlkioEntry[] | null
  sectors_recursive: BlkioEntry[] | null
}

/** Times are nanoseconds. */
export interface CpuStats {
  cpu_usage: {
    total_usage: number
    percpu_usage?: number[] | null
    usage_in_kernelmode: number
    usage_in_usermode: number
  }
  system_cpu_usage?: number
  online_cpus?: number
  throttling_data: { periods: number; throttled_periods: number; throttled_time: number }
}

export interface MemoryStats {
  usage?: number
  max_usage?: number
  stats?: Record<string, number>
  failcnt?: number
  limit?: number
}

export interface NetworkStats {
  rx_bytes: number
  rx_packets: number
  rx_errors: number
  rx_dropped: number
  tx_bytes: number
  tx_packets: number
  tx_errors: number
  tx_dropped: number
}
